package org.spawnmesh.admin;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;

/** What somebody may do in the console; each may do what those before it may. */
enum Role {
  /** Sees everything but the states of actors. */
  VIEWER,
  /** Sees states, and changes actors. */
  OPERATOR,
  /** Changes nodes, and reads the audit. */
  ADMIN;

  /** The role somebody has in a system, or null if none. */
  static @Nullable Role in(String system, Collection<? extends GrantedAuthority> granted) {
    Role most = null;
    for (GrantedAuthority authority : granted) {
      String[] parts = String.valueOf(authority.getAuthority()).split("@", 2);
      if (parts.length == 2 && !parts[1].equals(system)) {
        continue;
      }
      for (Role role : values()) {
        if (role.name().equals(parts[0]) && (most == null || role.compareTo(most) > 0)) {
          most = role;
        }
      }
    }
    return most;
  }

  /**
   * @param text for example {@code operator@shop}
   * @throws IllegalArgumentException if it names no role
   */
  static String authority(String text) {
    String[] parts = text.split("@", 2);
    String role = valueOf(parts[0].strip().toUpperCase(Locale.ROOT)).name();
    return parts.length == 1 ? role : role + "@" + parts[1];
  }
}
