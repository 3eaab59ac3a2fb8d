package org.spawnmesh.spring;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;

/**
 * Runs the actions of one actor type by calling the methods of its bean. Stop 6 of a call's way.
 */
final class BeanActorHost implements ActorHost {

  private static final Logger log = LoggerFactory.getLogger(BeanActorHost.class);

  private final Object bean;
  private final Map<String, BeanAction> actions;
  private final Mesh mesh;
  private final MeshActors actors;

  BeanActorHost(Object bean, Map<String, BeanAction> actions, Mesh mesh) {
    this.bean = bean;
    this.actions = Map.copyOf(actions);
    this.mesh = mesh;
    this.actors = new MeshActors(mesh);
  }

  @Override
  public HostReply call(HostCall call) throws InterruptedException {
    BeanAction action = actions.get(call.action());
    if (action == null) {
      throw new ActionFailedException(
          Failure.notExecuted(
              FailureCode.UNKNOWN_ACTION, call.invocation() + ": there is no such action"));
    }
    try {
      return CurrentCall.during(call, () -> action.run(bean, call, mesh, actors));
    } catch (ActionFailedException e) {
      // a wrong message is its sender's affair, and the sender is told
      if (e.code() != FailureCode.PAYLOAD_UNREADABLE) {
        log.warn("{}", e.failure().message(), e.getCause());
      }
      throw e;
    } catch (InterruptedException e) {
      throw e;
    } catch (VirtualMachineError e) {
      if (e instanceof StackOverflowError) {
        throw failed(call, e);
      }
      throw e;
    } catch (Throwable e) {
      throw failed(call, e);
    }
  }

  private static ActionFailedException failed(HostCall call, Throwable e) {
    log.warn("{} failed", call.invocation(), e);
    String message = e.getMessage();
    String name = e.getClass().getSimpleName();
    @Nullable String words = message == null || message.isBlank() ? name : name + ": " + message;
    return new ActionFailedException(
        Failure.executed(
            FailureCode.ACTION_FAILED, "%s failed: %s".formatted(call.invocation(), words)),
        e);
  }
}
