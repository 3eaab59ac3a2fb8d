package org.spawnmesh.proxy.registration;

import java.util.Set;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/**
 * Names that are the proxy's own: types for what it keeps about hosts and instances, and actions
 * that every registered actor has besides its own. No request may use them.
 */
public final class Reserved {

  static final String PREFIX = "spawn.";

  /** UNNAMED: the hosts that have registered with one proxy, the latest last. */
  static final String HOSTS_TYPE = "spawn.hosts";

  /** UNNAMED: one host's registration. */
  static final String HOST_TYPE = "spawn.host";

  /** UNNAMED: one instance's parent. */
  static final String DIRECTORY_TYPE = "spawn.directory";

  /** Answers the state without asking the host, whatever the actor declares. */
  public static final String STATE_ACTION = "spawn.state";

  /** What the node answers with the state, of every actor that declares none of them itself. */
  static final Set<String> READS = Set.of("get", "Get", "get_state", "getState", "GetState");

  /** Replaces state and tags by the payload and the metadata. */
  static final String RESTORE_ACTION = "spawn.restore";

  private Reserved() {}

  /**
   * @param what the kind of name, for the message
   * @return the name
   * @throws SpawnException with {@link FailureCode#REQUEST_INVALID} if it is reserved
   */
  public static String refuse(String what, String name) {
    if (name.startsWith(PREFIX)) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.REQUEST_INVALID,
              "The %s name '%s' is reserved; names that begin with '%s' are the proxy's own"
                  .formatted(what, name, PREFIX)));
    }
    return name;
  }
}
