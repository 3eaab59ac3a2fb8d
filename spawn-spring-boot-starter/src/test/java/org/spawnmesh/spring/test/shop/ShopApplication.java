package org.spawnmesh.spring.test.shop;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application that {@code ActorTestSliceTest} tests a part of. */
@SpringBootApplication
class ShopApplication {}
