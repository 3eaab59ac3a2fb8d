package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.aot.hint.predicate.RuntimeHintsPredicates.reflection;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

class ActorBeanAotProcessorTest {

  record State(List<Entry> entries) {}

  record Entry(int amount) {}

  record Deposit(int amount) {}

  record Receipt(int number) {}

  @Actor
  static class Account {
    @Action
    Reply<Receipt> deposit(Deposit deposit, ActorContext<State> account) {
      return Reply.empty();
    }
  }

  @Test
  void methodsAndTheirTypesAreKnownToANativeImage() throws NoSuchMethodException {
    var context = new AnnotationConfigApplicationContext();
    context.register(Account.class);
    var generation =
        new DefaultGenerationContext(
            new ClassNameGenerator(ClassName.get("test", "Application")),
            new InMemoryGeneratedFiles());
    new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
    RuntimeHints hints = generation.getRuntimeHints();

    assertThat(
            reflection()
                .onMethodInvocation(
                    Account.class.getDeclaredMethod("deposit", Deposit.class, ActorContext.class)))
        .accepts(hints);
    for (Class<?> type : List.of(State.class, Entry.class, Deposit.class, Receipt.class)) {
      assertThat(
              reflection()
                  .onType(type)
                  .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
          .accepts(hints);
    }
  }
}
