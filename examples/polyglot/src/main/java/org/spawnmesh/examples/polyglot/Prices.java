package org.spawnmesh.examples.polyglot;

// tag::client[]
/** An actor that is written in JavaScript, as Java sees it. */
interface Prices {

  Quote quote(Order.Line line);

  record Quote(int cents) {}
}
// end::client[]
