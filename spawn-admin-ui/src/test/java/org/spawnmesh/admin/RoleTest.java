package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

class RoleTest {

  private static @Nullable Role in(String system, String... roles) {
    return Role.in(
        system, Stream.of(roles).map(Role::authority).map(SimpleGrantedAuthority::new).toList());
  }

  @Test
  void aRoleIsForEverySystemOrForOne() {
    assertThat(in("shop", "viewer")).isEqualTo(Role.VIEWER);
    assertThat(in("shop", "viewer", "ADMIN@shop")).isEqualTo(Role.ADMIN);
    assertThat(in("bank", "viewer", "ADMIN@shop")).isEqualTo(Role.VIEWER);
    assertThat(in("bank", "ADMIN@shop")).isNull();
    assertThat(in("", "ADMIN@shop")).as("what is of all systems").isNull();
    assertThat(in("shop")).isNull();
  }

  @Test
  void whatIsNoRoleIsRefusedAtTheStart() {
    assertThatIllegalArgumentException().isThrownBy(() -> Role.authority("root"));
  }
}
