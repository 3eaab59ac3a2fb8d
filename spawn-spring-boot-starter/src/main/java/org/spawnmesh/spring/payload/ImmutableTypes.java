package org.spawnmesh.spring.payload;

import com.fasterxml.jackson.annotation.JacksonAnnotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * The classes whose values may be shared between actors: nobody can change such a value, and it
 * comes back from its JSON form equal to what it was.
 *
 * <p>These are the values of the JDK listed here, enums, and records made of nothing else. A record
 * that customizes its JSON is left out, because its JSON may hold less than the record; so are
 * {@code ZonedDateTime} and its kin, whose zone JSON does not keep.
 */
final class ImmutableTypes {

  private static final Set<Class<?>> VALUES =
      Set.of(
          Boolean.class,
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Character.class,
          String.class,
          BigDecimal.class,
          BigInteger.class,
          UUID.class,
          Instant.class,
          Duration.class,
          Period.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          Year.class,
          YearMonth.class,
          MonthDay.class);

  private static final ClassValue<Boolean> ANALYSED =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isImmutable(type, new HashSet<>());
        }
      };

  private ImmutableTypes() {}

  static boolean contains(Class<?> type) {
    return ANALYSED.get(type);
  }

  /** A record that contains itself is immutable if the rest of it is. */
  private static boolean isImmutable(Class<?> type, Set<Class<?>> enclosing) {
    if (type.isPrimitive() || VALUES.contains(type)) {
      return true;
    }
    if (type.isEnum()) {
      return !customizesJson(type);
    }
    if (!type.isRecord() || customizesJson(type)) {
      return false;
    }
    if (!enclosing.add(type)) {
      return true;
    }
    for (RecordComponent component : type.getRecordComponents()) {
      if (!isImmutable(component.getType(), enclosing)) {
        return false;
      }
    }
    return true;
  }

  private static boolean customizesJson(Class<?> type) {
    if (hasJacksonAnnotation(type)) {
      return true;
    }
    if (type.isRecord()) {
      for (RecordComponent component : type.getRecordComponents()) {
        if (hasJacksonAnnotation(component)) {
          return true;
        }
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (hasJacksonAnnotation(constructor)) {
        return true;
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (hasJacksonAnnotation(method)) {
        return true;
      }
    }
    for (AnnotatedElement field : type.getDeclaredFields()) {
      if (hasJacksonAnnotation(field)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasJacksonAnnotation(AnnotatedElement element) {
    return MergedAnnotations.from(element, MergedAnnotations.SearchStrategy.TYPE_HIERARCHY)
        .isPresent(JacksonAnnotation.class);
  }
}
