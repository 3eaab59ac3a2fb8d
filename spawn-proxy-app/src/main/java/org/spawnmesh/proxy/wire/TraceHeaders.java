package org.spawnmesh.proxy.wire;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.TraceParent;

/**
 * W3C Trace Context in the headers of HTTP and in the metadata of calls. What nobody can read goes
 * neither way: it might be anything, also the end of a header. Pure.
 */
public final class TraceHeaders {

  /** What vendors add is passed on up to this length; the standard asks for as much. */
  private static final int MOST_STATE = 512;

  private TraceHeaders() {}

  /**
   * The metadata with the trace that came in headers in place of its own: they are written last,
   * next to the wire, and metadata is often just handed on.
   *
   * @param parent null if there was no such header
   */
  public static Map<String, String> merged(
      Map<String, String> metadata, @Nullable String parent, List<String> states) {
    TraceParent trace = parent == null ? null : TraceParent.parse(parent);
    if (parent == null || trace == null) {
      return metadata;
    }
    Map<String, String> all = new HashMap<>(metadata);
    all.put(TraceParent.KEY, text(parent, trace));
    String state = String.join(",", states);
    if (isState(state)) {
      all.put(TraceParent.STATE_KEY, state);
    } else {
      all.remove(TraceParent.STATE_KEY);
    }
    return all;
  }

  /** Whole header lines for a call with this metadata; empty if it has no trace. */
  public static String lines(Map<String, String> metadata) {
    String parent = metadata.get(TraceParent.KEY);
    TraceParent trace = parent == null ? null : TraceParent.parse(parent);
    if (parent == null || trace == null) {
      return "";
    }
    String line = TraceParent.KEY + ": " + text(parent, trace) + "\r\n";
    String state = metadata.getOrDefault(TraceParent.STATE_KEY, "");
    return isState(state) ? line + TraceParent.STATE_KEY + ": " + state + "\r\n" : line;
  }

  /** As it was sent, with flags that only others know; but not what a later version adds. */
  private static String text(String parent, TraceParent trace) {
    return parent.length() == trace.toString().length() ? parent : trace.toString();
  }

  private static boolean isState(String state) {
    return !state.isBlank()
        && state.length() <= MOST_STATE
        && state.chars().allMatch(c -> c >= ' ' && c <= '~');
  }
}
