package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.admin.LoginBrake.Verdict.GO;
import static org.spawnmesh.admin.LoginBrake.Verdict.WAIT;
import static org.spawnmesh.admin.LoginBrake.Verdict.WAIT_FROM_NOW;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LoginBrakeTest {

  private final AtomicLong now = new AtomicLong();
  private final LoginBrake brake = new LoginBrake(now::get);

  private void fail(int times, String user, String address) {
    for (int i = 0; i < times; i++) {
      assertThat(brake.begin(user, address)).isEqualTo(GO);
    }
  }

  private void pass(long nanos) {
    now.addAndGet(nanos);
  }

  @Test
  void whoFailsTooOftenWaitsUntilTheWindowIsOver() {
    fail(LoginBrake.MOST_OF_USER, "ada", "there");
    assertThat(brake.begin("ada", "there")).isEqualTo(WAIT_FROM_NOW);
    assertThat(brake.begin("ada", "there")).isEqualTo(WAIT);

    pass(LoginBrake.WINDOW.toNanos() - 1);
    assertThat(brake.begin("ada", "there")).isEqualTo(WAIT);
    pass(1);
    fail(LoginBrake.MOST_OF_USER, "ada", "there");
    assertThat(brake.begin("ada", "there")).isEqualTo(WAIT_FROM_NOW);
  }

  @Test
  void nobodyElseIsLockedOut() {
    fail(LoginBrake.MOST_OF_USER, "ada", "there");
    assertThat(brake.begin("ada", "elsewhere")).isEqualTo(GO);
    assertThat(brake.begin("bob", "there")).isEqualTo(GO);
  }

  @Test
  void whoTriesManyNamesWaitsToo() {
    for (int i = 0; i < LoginBrake.MOST_OF_ADDRESS; i++) {
      assertThat(brake.begin("user-" + i, "there")).isEqualTo(GO);
    }
    assertThat(brake.begin("another", "there")).isEqualTo(WAIT_FROM_NOW);
    assertThat(brake.begin("still-another", "there")).isEqualTo(WAIT);
    assertThat(brake.begin("another", "elsewhere")).isEqualTo(GO);
  }

  @Test
  void theRightPasswordForgives() {
    for (int i = 0; i < 100; i++) {
      fail(LoginBrake.MOST_OF_USER - 1, "ada", "there");
      fail(1, "ada", "there");
      brake.succeeded("ada", "there");
      pass(LoginBrake.WINDOW.toNanos() / 10);
    }
    for (int i = 0; i < 1_000; i++) {
      fail(1, "bob", "office"); // none of these has failed
      brake.succeeded("bob", "office");
    }
  }

  @Test
  void itRemembersOnlySoMany() {
    for (int i = 0; i < 3 * LoginBrake.MOST_KEYS; i++) {
      assertThat(brake.begin("ada", "address-" + i)).isEqualTo(GO);
    }
    assertThat(brake.remembered()).isLessThanOrEqualTo(LoginBrake.MOST_KEYS);
  }

  @Test
  void anIpv6NetworkIsOneAddress() throws Exception {
    assertThat(LoginGuard.of(InetAddress.getByName("2001:db8:1:2:3:4:5:6")))
        .isEqualTo(LoginGuard.of(InetAddress.getByName("2001:db8:1:2::7")))
        .isNotEqualTo(LoginGuard.of(InetAddress.getByName("2001:db8:1:3::7")));
    assertThat(LoginGuard.of(InetAddress.getByName("10.0.0.7"))).isEqualTo("10.0.0.7");
  }
}
