package org.spawnmesh.spring.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;

/** Of a turn, from its begin to what it comes to. Its carrier is the metadata of its call. */
public final class TurnContext extends ReceiverContext<Map<String, String>>
    implements ObservedCall {

  private final Invocation invocation;
  private final @Nullable ActorDefinition definition;
  private volatile @Nullable Answer answer;

  /**
   * @param definition the actor's declaration, if it is known
   */
  public TurnContext(Invocation invocation, @Nullable ActorDefinition definition) {
    super((carrier, key) -> carrier.get(key), isMessage(invocation) ? Kind.CONSUMER : Kind.SERVER);
    this.invocation = invocation;
    this.definition = definition;
  }

  /** An outbox asks, so that it hears when to forget a message, which nobody waits for. */
  private static boolean isMessage(Invocation invocation) {
    Once once = invocation.once();
    return invocation.mode() == Invocation.Mode.TELL || (once != null && !once.isKey());
  }

  @Override
  public Invocation getInvocation() {
    return invocation;
  }

  @Override
  public @Nullable ActorDefinition getDefinition() {
    return definition;
  }

  @Override
  public @Nullable Answer getAnswer() {
    return answer;
  }

  @Override
  public void setAnswer(Answer value) {
    answer = value;
  }
}
