package org.spawnmesh.spring.observation;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The sampled spans that have ended in one application, in the order of their ends. */
final class Spans implements SpanProcessor {

  private static final long PATIENCE_SECONDS = 60;

  private final List<SpanData> ended = new CopyOnWriteArrayList<>();

  List<SpanData> ended() {
    return ended;
  }

  void clear() {
    ended.clear();
  }

  List<String> names() {
    return ended.stream().map(SpanData::getName).toList();
  }

  /** The only span of this name; waits for its end. */
  SpanData await(String name) {
    return await(name, span -> span.getName().equals(name));
  }

  synchronized SpanData await(String what, Predicate<SpanData> wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      List<SpanData> found = ended.stream().filter(wanted).toList();
      if (found.size() == 1) {
        return found.getFirst();
      }
      long left = end - System.nanoTime();
      if (found.size() > 1 || left <= 0) {
        throw new AssertionError("not one " + what + " in " + ended);
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public synchronized void onEnd(ReadableSpan span) {
    ended.add(span.toSpanData());
    notifyAll();
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
