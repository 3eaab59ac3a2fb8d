package org.spawnmesh.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses passwords: after {@value #MOST_OF_USER} attempts that failed for a name
 * from an address, or {@value #MOST_OF_ADDRESS} from an address whatever the names, the next is not
 * looked at until five minutes have passed since the first. Somebody elsewhere is not locked out by
 * it.
 *
 * <p>An attempt counts from its beginning, so that many at once are no way around. Remembers the
 * last {@value #MOST_KEYS} names and addresses. Thread-safe.
 */
final class LoginBrake {

  static final int MOST_OF_USER = 5;
  static final int MOST_OF_ADDRESS = 50;
  static final int MOST_KEYS = 10_000;
  static final Duration WINDOW = Duration.ofMinutes(5);

  private final LongSupplier nanoTime;

  /** By last use, so that who tries many names forgets others' and not what counts for himself. */
  private final Map<Key, Attempts> attempts = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param user empty for all that come from there
   */
  private record Key(String user, String address) {}

  private record Attempts(int count, long since) {}

  /** What becomes of an attempt. */
  enum Verdict {
    /** The password is looked at. */
    GO,
    /** It is not. */
    WAIT,
    /** It is not, for the first time since the first of those that failed. */
    WAIT_FROM_NOW
  }

  LoginBrake(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Somebody begins to log in. */
  synchronized Verdict begin(String user, String address) {
    Key his = new Key(user, address);
    Key all = new Key("", address);
    Verdict verdict = verdict(his, MOST_OF_USER);
    if (verdict == Verdict.GO) {
      verdict = verdict(all, MOST_OF_ADDRESS);
    }
    if (verdict == Verdict.GO) {
      count(his);
      count(all);
    }
    return verdict;
  }

  private Verdict verdict(Key key, int most) {
    Attempts there = attempts.get(key);
    if (there == null || nanoTime.getAsLong() - there.since >= WINDOW.toNanos()) {
      attempts.remove(key);
      return Verdict.GO;
    }
    if (there.count < most) {
      return Verdict.GO;
    }
    if (there.count > most) {
      return Verdict.WAIT;
    }
    attempts.put(key, new Attempts(most + 1, there.since));
    return Verdict.WAIT_FROM_NOW;
  }

  private void count(Key key) {
    Attempts there = attempts.get(key);
    attempts.put(
        key,
        there == null
            ? new Attempts(1, nanoTime.getAsLong())
            : new Attempts(there.count + 1, there.since));
    if (attempts.size() > MOST_KEYS) { // one comes, at most one goes
      attempts.remove(attempts.keySet().iterator().next());
    }
  }

  /** The password was right: what failed before is forgiven. */
  synchronized void succeeded(String user, String address) {
    attempts.remove(new Key(user, address));
    attempts.computeIfPresent(
        new Key("", address),
        (key, there) -> there.count == 1 ? null : new Attempts(there.count - 1, there.since));
  }

  /** For tests. */
  synchronized int remembered() {
    return attempts.size();
  }
}
