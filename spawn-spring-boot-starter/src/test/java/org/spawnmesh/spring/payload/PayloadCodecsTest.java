package org.spawnmesh.spring.payload;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.google.protobuf.Duration;
import com.google.protobuf.StringValue;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.databind.json.JsonMapper;

class PayloadCodecsTest {

  private static final String JSON = "type.googleapis.com/spawn.JSONType";

  private final PayloadCodecs codecs = new PayloadCodecs(JsonMapper.builder().build());

  enum Color {
    RED,
    GREEN
  }

  record Point(int x, long y) {}

  record Everything(
      boolean a,
      byte b,
      short c,
      int d,
      long e,
      float f,
      double g,
      char h,
      String i,
      BigDecimal j,
      BigInteger k,
      UUID l,
      Instant m,
      java.time.Duration n,
      LocalDate o,
      LocalTime p,
      LocalDateTime q,
      Period r,
      Color s,
      Point t,
      Long u) {}

  record Chain(int value, Chain next) {}

  record WithList(List<String> names) {}

  record WithArray(int[] numbers) {}

  record WithSecret(String shown, @JsonIgnore String hidden) {}

  record WithZone(ZonedDateTime at) {}

  record Generic<T>(T value) {}

  static final class Bean {
    private String name = "";

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }
  }

  static final class Silent {
    int hidden = 1;
  }

  static final class Closed {
    private final int value;

    private Closed(String text, int radix) {
      this.value = Integer.parseInt(text, radix);
    }

    static Closed of(int value) {
      return new Closed(String.valueOf(value), 10);
    }

    public int getValue() {
      return value;
    }
  }

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException("not positive");
      }
    }
  }

  interface Shape {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME)
  sealed interface Animal {
    record Cat(int lives) implements Animal {}

    record Dog(String name) implements Animal {}
  }

  /** The payload as another process would see it. */
  private static Payload overTheWire(Payload payload) {
    return payload.isNone() ? payload : Payload.of(payload.type(), payload.bytes().clone());
  }

  static List<Object> values() {
    Random random = new Random(42);
    List<Object> values = new ArrayList<>();
    values.addAll(List.of(true, (byte) -1, (short) 300, -5, Long.MIN_VALUE, 0.1f, Math.PI, 'ß'));
    values.addAll(List.of("", "tea \"with\" \n ünïcödé 🫖", new BigDecimal("1.10"), Color.GREEN));
    values.addAll(List.of(UUID.nameUUIDFromBytes(new byte[] {1}), LocalDate.of(2026, 2, 28)));
    values.add(new Chain(1, new Chain(2, null)));
    values.add(new WithList(List.of("a", "b")));
    values.add(new Point(0, 0));
    for (int i = 0; i < 50; i++) {
      byte[] text = new byte[random.nextInt(400)];
      for (int j = 0; j < text.length; j++) {
        text[j] = (byte) (' ' + random.nextInt(95));
      }
      values.add(
          new Everything(
              random.nextBoolean(),
              (byte) random.nextInt(),
              (short) random.nextInt(),
              random.nextInt(),
              random.nextLong(),
              random.nextFloat(),
              random.nextGaussian(),
              (char) ('a' + random.nextInt(26)),
              new String(text, UTF_8),
              new BigDecimal(new BigInteger(90, random), random.nextInt(10)),
              new BigInteger(200, random),
              new UUID(random.nextLong(), random.nextLong()),
              Instant.ofEpochSecond(random.nextInt(), random.nextInt(1_000_000_000)),
              java.time.Duration.ofNanos(random.nextLong() >>> 4),
              LocalDate.ofEpochDay(random.nextInt(100_000)),
              LocalTime.ofNanoOfDay(random.nextInt(Integer.MAX_VALUE)),
              LocalDateTime.ofEpochSecond(
                  random.nextInt(), random.nextInt(1_000_000_000), java.time.ZoneOffset.UTC),
              Period.of(random.nextInt(9), random.nextInt(9), random.nextInt(9)),
              Color.values()[random.nextInt(2)],
              new Point(random.nextInt(), random.nextLong()),
              random.nextBoolean() ? null : random.nextLong()));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueIsTheSameByReferenceAndOverTheWire(Object value) {
    PayloadCodec codec = codecs.of(value.getClass());
    Payload payload = codec.encode(value);

    assertThat(payload.type()).isEqualTo(JSON);
    assertThat(codec.decode(payload)).isEqualTo(value);
    assertThat(codec.decode(overTheWire(payload))).isEqualTo(value);
    assertThat(codec.decode(overTheWire(codecs.encode(value)))).isEqualTo(value);
  }

  @Test
  void whatNobodyCanChangeIsShared() {
    for (Object value : List.of("text", 5L, new Point(1, 2), new Chain(1, null), Color.RED)) {
      assertThat(codecs.of(value.getClass()).decode(codecs.encode(value))).isSameAs(value);
    }
  }

  @Test
  void whatSomebodyCouldChangeIsCopied() {
    for (Object value :
        List.of(
            new WithList(new ArrayList<>(List.of("a"))),
            new Generic<>(new Bean()),
            new WithSecret("a", "b"),
            new WithZone(ZonedDateTime.parse("2026-01-01T00:00:00Z")),
            new Bean())) {
      assertThat(codecs.of(value.getClass()).decode(codecs.encode(value))).isNotSameAs(value);
    }
  }

  @Test
  void changingAValueAfterItWasSentChangesNothing() {
    List<String> names = new ArrayList<>(List.of("a"));
    int[] numbers = {1};
    Bean bean = new Bean();
    Payload list = codecs.encode(new WithList(names));
    Payload array = codecs.encode(new WithArray(numbers));
    Payload beanPayload = codecs.encode(bean);

    names.add("b");
    numbers[0] = 2;
    bean.setName("changed");

    assertThat(codecs.of(WithList.class).decode(list)).isEqualTo(new WithList(List.of("a")));
    assertThat(
            ((WithArray) Objects.requireNonNull(codecs.of(WithArray.class).decode(array)))
                .numbers())
        .containsExactly(1);
    assertThat(((Bean) Objects.requireNonNull(codecs.of(Bean.class).decode(beanPayload))).getName())
        .isEmpty();
  }

  @Test
  void aRecordThatHidesAComponentHidesItWithinTheJvmToo() {
    PayloadCodec codec = codecs.of(WithSecret.class);
    assertThat(codec.decode(codec.encode(new WithSecret("a", "b"))))
        .isEqualTo(new WithSecret("a", null));
  }

  @Test
  void aReceiverMayWantAnotherClass() {
    record Place(int x) {}
    assertThat(codecs.of(Place.class).decode(codecs.encode(new Point(7, 8))))
        .isEqualTo(new Place(7));
    assertThat(codecs.of(int.class).decode(codecs.encode(7L))).isEqualTo(7);
    assertThat(codecs.of(Object.class).decode(codecs.encode(new Point(7, 8))))
        .isEqualTo(Map.of("x", 7, "y", 8));
  }

  @Test
  void declaredGenericsAreKept() {
    Type animals = new ParameterizedTypeReference<List<Animal>>() {}.getType();
    List<Animal> zoo = List.of(new Animal.Cat(9), new Animal.Dog("Rex"));
    PayloadCodec codec = codecs.of(animals);
    assertThat(codec.decode(codec.encode(zoo))).isEqualTo(zoo);
    assertThat(codecs.of(Animal.class).decode(codecs.encode(zoo.getFirst())))
        .isEqualTo(zoo.getFirst());
  }

  @Test
  void nothingIsNoPayload() {
    assertThat(codecs.encode(null)).isSameAs(Payload.NONE);
    assertThat(codecs.of(Point.class).encode(null)).isSameAs(Payload.NONE);
    assertThat(codecs.of(Point.class).decode(Payload.NONE)).isNull();
    assertThat(codecs.of(void.class).decode(codecs.encode(5))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type.googleapis.com/spawn.Noop",
        "type.googleapis.com/eigr.functions.protocol.Noop"
      })
  void theProtocolsWordForNothingIsNothing(String type) {
    assertThat(codecs.of(Point.class).decode(Payload.of(type, new byte[0]))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type.googleapis.com/spawn.JSONType",
        "type.googleapis.com/eigr.functions.protocol.JSONType"
      })
  void jsonOfAnActorInAnotherLanguageIsRead(String type) {
    byte[] message = StringValue.of("{\"x\": 1, \"y\": 2, \"more\": []}").toByteArray();
    assertThat(codecs.of(Point.class).decode(Payload.of(type, message))).isEqualTo(new Point(1, 2));
  }

  @Test
  void theEnvelopeIsTheProtocolsOwn() throws Exception {
    for (int length : new int[] {0, 1, 125, 126, 127, 128, 16_381, 16_384, 2_100_000}) {
      String text = "x".repeat(length);
      byte[] message = codecs.encode(text).bytes();
      assertThat(StringValue.parseFrom(message).getValue()).isEqualTo('"' + text + '"');
    }
  }

  @Test
  void unknownFieldsOfTheEnvelopeAreSkipped() throws Exception {
    byte[] known = StringValue.of("5").toByteArray();
    byte[] others = {
      2 << 3,
      (byte) 0x96,
      1,
      3 << 3 | 1,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      4 << 3 | 5,
      0,
      0,
      0,
      0,
      5 << 3 | 2,
      2,
      'h',
      'i'
    };
    byte[] message = new byte[known.length + others.length];
    System.arraycopy(others, 0, message, 0, others.length);
    System.arraycopy(known, 0, message, others.length, known.length);
    assertThat(codecs.of(int.class).decode(Payload.of(JSON, message))).isEqualTo(5);
  }

  @Test
  void anyBytesAreReadOrRefusedButNeverBreakTheReader() {
    Random random = new Random(7);
    PayloadCodec codec = codecs.of(Point.class);
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(40)];
      random.nextBytes(noise);
      if (noise.length > 0 && random.nextBoolean()) {
        noise[0] = 10;
      }
      try {
        codec.decode(Payload.of(JSON, noise));
      } catch (PayloadEncodingException refused) {
        assertThat(refused).hasMessageContaining("Point");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"x\": \"hunter2\"}", "{\"x\": hunter2", "[\"hunter2\"]", "\"hunter2\""})
  void theTextItselfIsNotInTheMessageOfAFailure(String text) {
    Payload secret = Payload.of(JSON, StringValue.of(text).toByteArray());
    assertThatThrownBy(() -> codecs.of(Point.class).decode(secret))
        .isInstanceOf(PayloadEncodingException.class)
        .hasMessageContaining("Point")
        .hasNoCause()
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void aRecordThatRefusesItsComponentsSaysWhy() {
    Payload payload = Payload.of(JSON, StringValue.of("{\"value\": 0}").toByteArray());
    assertThatThrownBy(() -> codecs.of(Positive.class).decode(payload))
        .isInstanceOf(PayloadEncodingException.class)
        .hasMessageContaining("not positive");
  }

  @Test
  void protobufMessagesTravelAsTheyAre() {
    Duration message = Duration.newBuilder().setSeconds(5).build();
    PayloadCodec codec = codecs.of(Duration.class);
    Payload payload = codec.encode(message);

    assertThat(payload.type()).isEqualTo("type.googleapis.com/google.protobuf.Duration");
    assertThat(payload.bytes()).isEqualTo(message.toByteArray());
    assertThat(codec.decode(payload)).isSameAs(message);
    assertThat(codec.decode(overTheWire(codecs.encode(message)))).isEqualTo(message);
  }

  @Test
  void aMessageOfAnotherTypeIsRefused() {
    Payload text = codecs.encode(StringValue.of("a"));
    assertThatThrownBy(() -> codecs.of(Duration.class).decode(text))
        .isInstanceOf(PayloadEncodingException.class)
        .hasMessageContaining("google.protobuf.Duration");
    assertThatThrownBy(() -> codecs.of(Point.class).decode(text))
        .isInstanceOf(PayloadEncodingException.class);
    assertThatThrownBy(() -> codecs.of(Duration.class).decode(codecs.encode("a")))
        .isInstanceOf(PayloadEncodingException.class);
  }

  @Test
  void whatCannotTravelIsKnownBeforeItMust() {
    assertThat(codecs.obstacle(Point.class)).isNull();
    assertThat(codecs.obstacle(Bean.class)).isNull();
    assertThat(codecs.obstacle(Animal.class)).isNull();
    assertThat(codecs.obstacle(Color.class)).isNull();
    assertThat(codecs.obstacle(Duration.class)).isNull();
    assertThat(codecs.obstacle(byte[].class)).isNull();
    assertThat(codecs.obstacle(new ParameterizedTypeReference<Map<String, Point>>() {}.getType()))
        .isNull();
    assertThat(codecs.obstacle(Silent.class)).contains("no properties");
    assertThat(codecs.obstacle(Shape.class)).contains("interface");
    assertThat(codecs.obstacle(Closed.class)).contains("constructor");
  }
}
