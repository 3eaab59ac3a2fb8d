package org.spawnmesh.proxy.host;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Random;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;

/** Bytes that are almost right, from a seed. */
public final class Mutations {

  private Mutations() {}

  public static byte[] noise(Random random) {
    byte[] body = new byte[random.nextInt(200)];
    random.nextBytes(body);
    return body;
  }

  public static byte[] mutate(Random random, byte[] body, int times) {
    byte[] result = body;
    for (int i = 0; i < times && result.length > 0; i++) {
      int at = random.nextInt(result.length);
      switch (random.nextInt(4)) {
        case 0 -> result[at] = (byte) random.nextInt();
        case 1 -> result[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> result = Arrays.copyOf(result, at);
        default -> {
          byte[] longer = Arrays.copyOf(result, result.length + 1 + random.nextInt(8));
          System.arraycopy(
              result, at, longer, longer.length - (result.length - at), result.length - at);
          result = longer;
        }
      }
    }
    return result;
  }

  /** A host's whole HTTP answer, and what is wrong with it. */
  public static byte[] mutatedAnswer(Random random) {
    return mutate(random, RawHost.ok(rich(random)), random.nextInt(4));
  }

  /** A host's whole HTTP answer that changes nothing. */
  public static byte[] plainAnswer() {
    return RawHost.ok(
        ActorInvocationResponse.newBuilder()
            .setUpdatedContext(Context.getDefaultInstance())
            .build());
  }

  static ActorInvocationResponse rich(Random random) {
    ActorInvocationResponse.Builder reply =
        ActorInvocationResponse.newBuilder().setActorName("joe").setActorSystem("shop");
    Any value =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/shop.Count")
            .setValue(ByteString.copyFrom(noise(random)))
            .build();
    reply.setValue(value);
    reply.getUpdatedContextBuilder().setState(value).putTags("a", "b").putMetadata("c", "d");
    var workflow = reply.getWorkflowBuilder();
    var effect = workflow.addEffectsBuilder().getRequestBuilder();
    effect.setActionName("x").setValue(value).setScheduledTo(random.nextLong());
    effect.getActorBuilder().getIdBuilder().setName("bob").setSystem("shop");
    workflow.getBroadcastBuilder().setChannelGroup("news").setValue(value);
    workflow.getPipeBuilder().setActor("eve").setActionName("y");
    return reply.build();
  }
}
