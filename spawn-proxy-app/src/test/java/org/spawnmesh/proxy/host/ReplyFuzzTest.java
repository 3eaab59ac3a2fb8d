package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.proxy.acl.Policies;

/** Whatever a host answers is a reply or a coded failure. The seed is the only parameter. */
class ReplyFuzzTest {

  private static final HostAddress HOST = new HostAddress("127.0.0.1", 8090);

  private final Replies replies =
      new Replies(TestHosts.NAMED, InstantSource.system(), Policies.NONE);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void mutatedAndRandomBodies(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      read(seed, i, random.nextInt(4) == 0 ? Mutations.noise(random) : mutated(random));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void mutatedAnswersOnTheSocket(long seed) throws Exception {
    Random random = new Random(seed);
    try (TestHosts hosts = new TestHosts("timeout", "300ms", "circuit.slow-after", "1h");
        RawHost host =
            new RawHost(
                peer -> {
                  peer.next();
                  byte[] answer;
                  synchronized (random) {
                    answer = Mutations.mutatedAnswer(random);
                  }
                  peer.write(answer);
                })) {
      int answered = 0;
      for (int i = 0; i < 300; i++) {
        try {
          HostReply reply = hosts.call(host);
          assertThat(reply.payload()).isNotNull();
          answered++;
        } catch (ActionFailedException coded) {
          assertThat(coded.code()).isNotNull();
        }
      }
      assertThat(answered).isPositive();
    }
  }

  private void read(long seed, int round, byte[] body) {
    try {
      HostReply reply =
          replies.read(TestHosts.call(Duration.ofSeconds(1)), HOST, new HttpReply(200, "", body));
      // what was accepted is what the body says, read in the plainest way
      ActorInvocationResponse said = ActorInvocationResponse.parseFrom(body);
      assertThat(said.hasUpdatedContext()).isTrue();
      assertThat(reply.state() != null).isEqualTo(said.getUpdatedContext().hasState());
      if (reply.state() != null) {
        assertThat(reply.state().bytes())
            .isEqualTo(said.getUpdatedContext().getState().getValue().toByteArray());
      }
    } catch (ActionFailedException coded) {
      assertThat(coded.code()).isNotNull();
    } catch (Exception | StackOverflowError e) {
      fail("seed %d, round %d: %s", seed, round, Arrays.toString(body), e);
    }
  }

  private static byte[] mutated(Random random) {
    byte[] body = Mutations.rich(random).toByteArray();
    return Mutations.mutate(
        random, random.nextInt(10) == 0 ? nested(random, body) : body, random.nextInt(6));
  }

  /** Deeper than any reader should follow. */
  private static byte[] nested(Random random, byte[] core) {
    ByteString body = ByteString.copyFrom(core);
    int field = 1 + random.nextInt(8);
    int depth = random.nextInt(2000);
    for (int i = 0; i < depth; i++) {
      byte start = (byte) (field << 3 | 3);
      body = ByteString.copyFrom(new byte[] {start}).concat(body);
    }
    return body.toByteArray();
  }
}
