package org.spawnmesh.admin;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Who logs in with a name and a password. */
record Users(List<AdminProperties.User> known) {

  private static final Logger log = LoggerFactory.getLogger(Users.class);
  private static final String PLAIN = "{noop}";

  /** Those of the properties. If nobody could log in there is 'admin', whose password is logged. */
  static Users of(AdminProperties properties) {
    if (!properties.users().isEmpty() || properties.oidc().issuer() != null) {
      return new Users(List.copyOf(properties.users()));
    }
    byte[] random = new byte[18];
    new SecureRandom().nextBytes(random);
    String password = Base64.getUrlEncoder().encodeToString(random);
    log.warn(
        "\n\n"
            + "Console at {}: log in as 'admin' with the generated password {}\n\n"
            + "Set spawn.admin.users to choose who may log in.\n",
        properties.path(),
        password);
    return new Users(
        List.of(new AdminProperties.User("admin", PLAIN + password, List.of("ADMIN"))));
  }

  Set<String> names() {
    return known.stream().map(AdminProperties.User::name).collect(Collectors.toSet());
  }

  /** As Spring Security knows them; never none, which it would not accept. */
  List<UserDetails> details(PasswordEncoder encoder) {
    List<UserDetails> users = new ArrayList<>();
    for (AdminProperties.User user : known) {
      String password = user.password();
      users.add(
          User.withUsername(user.name())
              .password(password.startsWith("{") ? password : encoder.encode(password))
              .authorities(user.roles().stream().map(Role::authority).toArray(String[]::new))
              .build());
    }
    if (users.isEmpty()) { // all are logged in elsewhere; there must be one, whom nobody can be
      users.add(
          User.withUsername("nobody")
              .password(PLAIN + "!")
              .disabled(true)
              .authorities("NONE")
              .build());
    }
    return users;
  }
}
