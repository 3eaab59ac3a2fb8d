package org.spawnmesh.spring.observation;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;

/** What an observation knows of the call that it observes. */
public interface ObservedCall {

  Invocation getInvocation();

  /** The actor's declaration; null if its type is not declared at this node. */
  @Nullable ActorDefinition getDefinition();

  /** Null until it is over. */
  @Nullable Answer getAnswer();

  /** It is over. */
  void setAnswer(Answer answer);
}
