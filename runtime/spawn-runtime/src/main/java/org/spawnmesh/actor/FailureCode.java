package org.spawnmesh.actor;

/**
 * Every way in which a call or a start can fail. Codes are never reused; each has a page in {@code
 * docs/errors/} with its causes and what to do.
 */
public enum FailureCode {
  UNKNOWN_TYPE("SP1001", "Check the type's name, and that a node that hosts it is running."),
  UNKNOWN_ACTION("SP1002", "Check the action's name against the actor's declaration."),
  INVALID_NAME("SP1003", "A NAMED actor is called by the name of its type, and by no other."),
  PAYLOAD_UNREADABLE("SP1004", "Send the type that the action declares."),
  PAYLOAD_TOO_LARGE("SP1005", "Send less, or raise spawn.limits.payload-size."),
  REQUEST_INVALID("SP1006", "Correct the request as the message says."),
  UNKNOWN_ACTOR("SP1007", "Check the name; spawn the actor first, or start its host."),
  ACCESS_DENIED("SP1008", "Call as somebody who may, or change the policy."),
  KEY_REUSED("SP1009", "Choose a new key for each new call, and keep it for its retries."),
  MAILBOX_FULL("SP2001", "Retry later; spread the load over more actors or raise the limit."),
  DEADLINE_PASSED("SP2002", "Allow more time, or find out why the actor is slow."),
  CALL_CYCLE("SP2003", "Break the cycle, send with tell, or declare the action reentrant."),
  NODE_UNAVAILABLE("SP2004", "Retry; the node is starting, draining or joining again."),
  TOO_MANY_HOPS("SP2005", "Retry; if it lasts, the nodes disagree about who owns the actor."),
  HOST_UNAVAILABLE("SP2006", "Retry; check that the process that runs the actor's code is up."),
  NODE_OVERLOADED("SP2007", "Retry later; add nodes, or memory for the node."),
  ACTOR_PAUSED("SP2010", "Resume the actor in the console, or wait until somebody does."),
  ACTION_FAILED("SP3001", "See the action's own error in the message and in the host's log."),
  REPLY_INVALID("SP3002", "Correct what the action returns."),
  STATE_TOO_LARGE("SP3003", "Keep less state in one actor, or raise spawn.limits.state-size."),
  STATE_UNREADABLE("SP4001", "Repair or restore the stored state, then release the actor."),
  STORE_UNAVAILABLE("SP4002", "Retry; check that the database can be reached."),

  LOST_OWNERSHIP("SP4004", "Retry; another node has taken over the actor."),
  COMMIT_REFUSED("SP4005", "See the database's own error; the actor's change does not fit it."),
  STORE_SCHEMA_NEWER("SP5001", "Start a version at least as new as the one that wrote it."),
  WRONG_ENCRYPTION_KEY("SP5002", "Configure the key that the stored state was written with."),
  STORE_LOCKED("SP5003", "Stop the other node, or run both as a cluster."),
  INVALID_DECLARATION("SP5004", "Correct the actor's declaration.");

  private final String id;
  private final String advice;

  FailureCode(String id, String advice) {
    this.id = id;
    this.advice = advice;
  }

  /** For example {@code SP2001}: stable, for scripts and for looking the page up. */
  public String id() {
    return id;
  }

  /** One sentence: what to do next. */
  public String advice() {
    return advice;
  }
}
