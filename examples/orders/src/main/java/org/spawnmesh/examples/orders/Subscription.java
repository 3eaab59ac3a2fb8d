package org.spawnmesh.examples.orders;

import java.time.Duration;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reminder;
import org.spawnmesh.spring.Reply;

/** A subscription that writes its invoices on the first of the month and may be paused. */
@Actor
class Subscription {

  record State(int invoices, boolean paused) {}

  // tag::declared[]
  @Action
  @Reminder(
      cron = "0 0 9 1 * *",
      zone = "Europe/Berlin",
      catchUp = Reminder.CatchUp.ALL,
      atMost = 12)
  Reply<Void> invoice(ActorContext<State> subscription) {
    State now = subscription.state().orElse(new State(0, false));
    return now.paused()
        ? Reply.empty()
        : Reply.<Void>empty().state(new State(now.invoices() + 1, false));
  }

  // end::declared[]

  @Action
  Reply<State> look(ActorContext<State> subscription) {
    return Reply.of(subscription.state().orElse(new State(0, false)));
  }

  // tag::set[]
  @Action
  Reply<Void> pause(ActorContext<State> subscription) {
    State now = subscription.state().orElse(new State(0, false));
    return Reply.<Void>empty()
        .state(new State(now.invoices(), true))
        .remind("resume", Timing.after(Duration.ofDays(30)), "resume");
  }

  @Action
  Reply<Void> resume(ActorContext<State> subscription) {
    State now = subscription.state().orElse(new State(0, false));
    return Reply.<Void>empty().state(new State(now.invoices(), false)).cancelReminder("resume");
  }
  // end::set[]
}
