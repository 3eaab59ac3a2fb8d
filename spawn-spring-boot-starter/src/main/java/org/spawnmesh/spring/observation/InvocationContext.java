package org.spawnmesh.spring.observation;

import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;

/** Of a call that enters the mesh, from its begin to its answer. Its carrier is the metadata. */
public final class InvocationContext extends SenderContext<Map<String, String>>
    implements ObservedCall {

  private final Invocation invocation;
  private final @Nullable ActorDefinition definition;
  private volatile @Nullable Answer answer;

  /**
   * @param definition the actor's declaration, if it is known
   */
  public InvocationContext(Invocation invocation, @Nullable ActorDefinition definition) {
    super(
        (carrier, key, value) -> {
          if (carrier != null) {
            carrier.put(key, value);
          }
        },
        invocation.mode() == Invocation.Mode.ASK ? Kind.CLIENT : Kind.PRODUCER);
    this.invocation = invocation;
    this.definition = definition;
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
