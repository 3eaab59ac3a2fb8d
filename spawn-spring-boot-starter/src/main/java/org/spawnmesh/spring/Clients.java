package org.spawnmesh.spring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.runtime.TypeSummary;
import org.spawnmesh.spring.payload.PayloadCodec;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.StringUtils;

/** Makes typed clients; each interface is looked at once. Thread-safe. */
final class Clients {

  private final Mesh mesh;
  private final Map<Class<?>, Map<Method, ClientMethod>> interfaces = new ConcurrentHashMap<>();

  /** Interfaces that were compared with the declaration of a type that is hosted here. */
  private final Map<Use, Boolean> checked = new ConcurrentHashMap<>();

  private record Use(Class<?> client, String type) {}

  Clients(Mesh mesh) {
    this.mesh = mesh;
  }

  <C> C create(Class<C> client, MeshActorRef ref) {
    Map<Method, ClientMethod> methods = interfaces.get(client);
    if (methods == null) {
      methods = read(client);
      interfaces.putIfAbsent(client, methods);
    }
    Use use = new Use(client, ref.id().type().name());
    if (!checked.containsKey(use)) {
      check(use, ref, methods);
    }
    return client.cast(
        Proxy.newProxyInstance(
            client.getClassLoader(), new Class<?>[] {client}, new Client(client, ref, methods)));
  }

  private Map<Method, ClientMethod> read(Class<?> client) {
    if (!client.isInterface()) {
      throw new InvalidDeclarationException(
          "The client %s is not an interface.".formatted(client.getName()),
          "Pass an interface whose methods are named like the actor's actions.");
    }
    Map<Method, ClientMethod> methods = new HashMap<>();
    for (Method method : client.getMethods()) {
      if (!method.isDefault() && !Modifier.isStatic(method.getModifiers())) {
        methods.put(method, read(client, method));
      }
    }
    return methods;
  }

  private ClientMethod read(Class<?> client, Method method) {
    String name = client.getName() + "." + method.getName();
    if (method.getParameterCount() > 1) {
      throw new InvalidDeclarationException(
          "The client method %s has %d parameters; a call carries one payload."
              .formatted(name, method.getParameterCount()),
          "Put what belongs together into one record.");
    }
    ResultShape result = ResultShape.of(method, client);
    if (result.reply()) {
      throw new InvalidDeclarationException(
          "The client method %s returns a Reply, which only actions return.".formatted(name),
          "Return the type of the reply's value.");
    }
    String obstacle = mesh.codecs().obstacle(result.value());
    if (obstacle != null) {
      throw new InvalidDeclarationException(
          "The client method %s returns %s, which no answer can become: %s."
              .formatted(name, result.value().getTypeName(), obstacle),
          "Return a record, a bean or a protobuf message, or an Optional, CompletionStage or Mono"
              + " of one.");
    }
    PayloadCodec payload = null;
    if (method.getParameterCount() == 1) {
      payload =
          mesh.codecs().of(ResultShape.known(ResolvableType.forMethodParameter(method, 0, client)));
    }
    Action annotation = AnnotatedElementUtils.findMergedAnnotation(method, Action.class);
    String action =
        annotation != null && StringUtils.hasText(annotation.name())
            ? annotation.name()
            : method.getName();
    return new ClientMethod(action, payload, mesh.codecs().of(result.value()), result);
  }

  private void check(Use use, MeshActorRef ref, Map<Method, ClientMethod> methods) {
    for (TypeSummary hosted : mesh.node().inspect().types()) {
      if (hosted.definition().type().equals(ref.id().type())) {
        methods.forEach((method, call) -> check(hosted.definition(), use.client, method, call));
        checked.put(use, true);
      }
    }
  }

  private static void check(
      ActorDefinition definition, Class<?> client, Method method, ClientMethod call) {
    if (definition.action(call.action) == null) {
      throw new InvalidDeclarationException(
          "The client method %s.%s calls the action '%s', which the actor type %s does not have."
              .formatted(client.getName(), method.getName(), call.action, definition.type().name()),
          "Name one of its actions: %s; or put @Action(\"…\") on the method."
              .formatted(
                  String.join(", ", definition.actions().keySet().stream().sorted().toList())));
    }
  }

  /** How one method calls. Immutable. */
  private record ClientMethod(
      String action, @Nullable PayloadCodec payload, PayloadCodec answer, ResultShape result) {

    @Nullable Object call(MeshActorRef ref, @Nullable Object argument) {
      Payload message = encode(ref, argument);
      switch (result.arrival()) {
        case STAGE -> {
          return Answers.whenGiven(
                  ref.send(Invocation.Mode.ASK, action, message), answer, ref, action)
              .thenApply(this::wrap);
        }
        case MONO -> {
          MeshActorRef bound = ref.inNameOfCurrentCall();
          return MonoAnswers.of(
              () ->
                  Answers.whenGiven(
                          bound.send(Invocation.Mode.ASK, action, message), answer, bound, action)
                      .thenApply(this::wrap));
        }
        default -> {
          return wrap(
              Answers.read(
                  Answers.await(ref.send(Invocation.Mode.ASK, action, message), ref),
                  answer,
                  ref,
                  action));
        }
      }
    }

    private @Nullable Object wrap(@Nullable Object value) {
      return result.optional() ? Optional.ofNullable(value) : value;
    }

    private Payload encode(MeshActorRef ref, @Nullable Object argument) {
      if (payload == null) {
        return Payload.NONE;
      }
      try {
        return payload.encode(argument);
      } catch (PayloadEncodingException e) {
        throw ref.unsendable(action, e);
      }
    }
  }

  /** What is behind a client. */
  private record Client(Class<?> type, MeshActorRef ref, Map<Method, ClientMethod> methods)
      implements InvocationHandler {

    @Override
    public @Nullable Object invoke(
        Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
      ClientMethod call = methods.get(method);
      if (call != null) {
        return call.call(ref, arguments == null ? null : arguments[0]);
      }
      if (method.isDefault()) {
        return InvocationHandler.invokeDefault(proxy, method, arguments);
      }
      return switch (method.getName()) {
        case "equals" ->
            arguments != null
                && arguments[0] != null
                && Proxy.isProxyClass(arguments[0].getClass())
                && Proxy.getInvocationHandler(arguments[0]) instanceof Client other
                && other.type == type
                && other.ref.equals(ref);
        case "hashCode" -> ref.hashCode();
        default -> type.getSimpleName() + " of " + ref;
      };
    }
  }
}
