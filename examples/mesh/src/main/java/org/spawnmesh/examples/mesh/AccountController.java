package org.spawnmesh.examples.mesh;

import org.spawnmesh.spring.Actors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Accounts over HTTP. */
@RestController
@RequestMapping("/accounts/{name}")
class AccountController {

  interface AccountClient {

    Mono<Account.Balance> deposit(Account.Deposit deposit);

    Mono<Account.Balance> balance();
  }

  private final Actors actors;

  AccountController(Actors actors) {
    this.actors = actors;
  }

  @PostMapping("/deposits")
  Mono<Account.Balance> deposit(@PathVariable String name, @RequestBody Account.Deposit deposit) {
    return account(name).deposit(deposit);
  }

  @GetMapping
  Mono<Account.Balance> balance(@PathVariable String name) {
    return account(name).balance();
  }

  private AccountClient account(String name) {
    return actors.client(AccountClient.class, "Account", name);
  }
}
