package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Closeable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.springframework.core.ParameterizedTypeReference;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Typed clients and refs, as their callers see them. */
class ClientTest {

  record Word(String text) {}

  @Actor
  static class Words {

    @Action
    Reply<Integer> add(Word word, ActorContext<List<Word>> words) {
      List<Word> all = words.state().orElseGet(java.util.ArrayList::new);
      all.add(word);
      return Reply.of(all.size()).state(all);
    }

    @Action
    List<Word> all(ActorContext<List<Word>> words) {
      return words.state().orElse(List.of());
    }

    @Action
    @Nullable Word first(ActorContext<List<Word>> words) {
      return words.state().map(List::getFirst).orElse(null);
    }

    @Action
    void fail() {
      throw new UnsupportedOperationException("not today");
    }
  }

  interface WordsClient {

    int add(Word word);

    List<Word> all();

    @Nullable Word first();

    @Action("first")
    Optional<Word> maybeFirst();

    @Action("all")
    CompletableFuture<List<Word>> allLater();

    @Action("all")
    Mono<List<Word>> allReactively();

    @Action("first")
    Mono<Word> firstReactively();

    @Action("add")
    void addAndWait(Word word);

    void fail();

    @Action("fail")
    CompletionStage<Void> failLater();

    @Action("fail")
    Mono<Void> failReactively();

    default int addTwice(Word word) {
      add(word);
      return add(word);
    }

    static String description() {
      return "words";
    }
  }

  @Test
  void aMethodAnswersInItsOwnShape() {
    try (var app = new ActorApplication(Words.class)) {
      WordsClient words = app.actors().client(WordsClient.class, "Words", "a");
      assertThat(words.first()).isNull();
      assertThat(words.maybeFirst()).isEmpty();
      assertThat(words.firstReactively().blockOptional()).isEmpty();

      assertThat(words.add(new Word("one"))).isEqualTo(1);
      words.addAndWait(new Word("two"));
      assertThat(words.addTwice(new Word("three"))).isEqualTo(4);

      List<Word> all =
          List.of(new Word("one"), new Word("two"), new Word("three"), new Word("three"));
      assertThat(words.all()).isEqualTo(all);
      assertThat(words.allLater().join()).isEqualTo(all);
      assertThat(words.allReactively().block()).isEqualTo(all);
      assertThat(words.maybeFirst()).contains(new Word("one"));
    }
  }

  @Test
  void aMonoCallsEachTimeItIsSubscribedTo() {
    try (var app = new ActorApplication(Words.class)) {
      WordsClient words = app.actors().client(WordsClient.class, "Words", "a");
      Mono<List<Word>> all = words.allReactively();
      assertThat(all.block()).isEmpty();
      words.add(new Word("one"));
      assertThat(all.block()).hasSize(1);
    }
  }

  @Test
  void aFailureArrivesInEveryShape() {
    try (var app = new ActorApplication(Words.class)) {
      WordsClient words = app.actors().client(WordsClient.class, "Words", "a");
      assertThatThrownBy(words::fail)
          .isInstanceOf(SpawnException.class)
          .hasMessageContaining("not today");
      assertThatThrownBy(() -> words.failLater().toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(SpawnException.class);
      assertThatThrownBy(() -> words.failReactively().block()).isInstanceOf(SpawnException.class);
    }
  }

  @Test
  void blockingAnEventLoopIsRefusedWithAdvice() {
    try (var app = new ActorApplication(Words.class)) {
      ActorRef slow = app.ref("Words", "a");
      Mono<Object> blocking =
          Mono.<Object>fromCallable(() -> slow.ask("all", Object.class))
              .repeat(1000)
              .then(Mono.<Object>empty())
              .subscribeOn(Schedulers.parallel());
      assertThatIllegalStateException()
          .isThrownBy(blocking::block)
          .withMessageContaining("askAsync");
    }
  }

  @Test
  void aClientIsAnOrdinaryObject() {
    try (var app = new ActorApplication(Words.class)) {
      WordsClient a = app.actors().client(WordsClient.class, "Words", "a");
      assertThat(a).isEqualTo(app.actors().client(WordsClient.class, "Words", "a"));
      assertThat(a).hasSameHashCodeAs(app.actors().client(WordsClient.class, "Words", "a"));
      assertThat(a).isNotEqualTo(app.actors().client(WordsClient.class, "Words", "b"));
      assertThat(a).isNotEqualTo("a");
      assertThat(a).hasToString("WordsClient of spawn-system:Words/a");
    }
  }

  @Test
  void aTellIsDoneWhenTheActorHasIt() {
    try (var app = new ActorApplication(Words.class)) {
      ActorRef words = app.ref("Words", "a");
      words.tell("add", new Word("one"));
      words.tell("fail");
      assertThat(words.ask("all", null, new ParameterizedTypeReference<List<Word>>() {}))
          .containsExactly(new Word("one"));
      assertThatThrownBy(() -> app.ref("Nobody", "a").tell("add", "x"))
          .isInstanceOf(SpawnException.class);
    }
  }

  @Test
  void anAnswerOfAnotherTypeSaysSo() {
    try (var app = new ActorApplication(Words.class)) {
      ActorRef words = app.ref("Words", "a");
      assertThatExceptionOfType(SpawnException.class)
          .isThrownBy(() -> words.ask("add", new Word("one"), Map.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.REPLY_INVALID))
          .withMessageContaining("Words/a.add");
    }
  }

  interface TwoParameters {
    int add(Word word, int times);
  }

  interface UnknownAction {
    int ad(Word word);
  }

  interface ReturnsReply {
    Reply<Integer> add(Word word);
  }

  interface ReturnsFuture {
    Future<Integer> add(Word word);
  }

  @Test
  void wrongClientsAreRefusedWhenTheyAreMade() {
    try (var app = new ActorApplication(Words.class)) {
      assertRefused(app, Words.class, "not an interface", "interface");
      assertRefused(app, TwoParameters.class, "TwoParameters.add has 2 parameters", "one record");
      assertRefused(app, UnknownAction.class, "'ad', which the actor type Words", "add, all, fail");
      assertRefused(app, ReturnsReply.class, "ReturnsReply.add returns a Reply", "value");
      assertRefused(app, ReturnsFuture.class, "ReturnsFuture.add returns", "CompletionStage");
      assertRefused(app, Closeable.class, "close", "actions");
    }
  }

  private static void assertRefused(
      ActorApplication app, Class<?> client, String description, String action) {
    assertThatExceptionOfType(InvalidDeclarationException.class)
        .isThrownBy(() -> app.actors().client(client, "Words", "a"))
        .satisfies(e -> assertThat(e.description()).contains(description))
        .satisfies(e -> assertThat(e.action()).contains(action));
  }
}
