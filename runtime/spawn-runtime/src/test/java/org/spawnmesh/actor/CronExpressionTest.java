package org.spawnmesh.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which times an expression means, and where it says what is wrong with it. */
class CronExpressionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 0 9 * * MON-FRI       | 2026-03-06T09:00    | 2026-03-06T09:00
          0 0 9 * * MON-FRI       | 2026-03-06T09:00:01 | 2026-03-09T09:00
          0 0 9 * * mon-fri       | 2026-03-06T09:00:01 | 2026-03-09T09:00
          * * * * * *             | 2026-03-06T09:00:01 | 2026-03-06T09:00:01
          0 */15 * * * *          | 2026-03-06T09:46    | 2026-03-06T10:00
          5/20 0 0 * * *          | 2026-03-06T00:00:26 | 2026-03-06T00:00:45
          0 10-20/5 * * * *       | 2026-03-06T00:16    | 2026-03-06T00:20
          0 0 8,20 * * *          | 2026-03-06T08:00:01 | 2026-03-06T20:00
          30 59 23 31 12 *        | 2026-12-31T23:59:31 | 2027-12-31T23:59:30
          0 0 0 29 2 *            | 2026-01-01T00:00    | 2028-02-29T00:00
          0 0 0 29 2 MON          | 2028-03-01T00:00    | 2044-02-29T00:00
          0 0 0 29 FEB SUN        | 2072-02-29T00:00    | 2088-02-29T00:00
          0 0 0 29 FEB SAT        | 2080-03-01T00:00    | 2116-02-29T00:00
          0 0 0 L * *             | 2026-02-01T00:00    | 2026-02-28T00:00
          0 0 0 L-2 * *           | 2028-02-01T00:00    | 2028-02-27T00:00
          0 0 0 l * ?             | 2026-04-30T00:00:01 | 2026-05-31T00:00
          0 0 0 ? * FRI#2         | 2026-03-01T00:00    | 2026-03-13T00:00
          0 0 0 ? * 5#5           | 2026-03-01T00:00    | 2026-05-29T00:00
          0 0 0 * * FRIL          | 2026-03-01T00:00    | 2026-03-27T00:00
          0 0 0 * * 0             | 2026-03-02T00:00    | 2026-03-08T00:00
          0 0 0 * * 7             | 2026-03-02T00:00    | 2026-03-08T00:00
          0 0 0 * * SAT-SUN       | 2026-03-08T00:00    | 2026-03-08T00:00
          0 0 0 * * SAT-SUN       | 2026-03-09T00:00    | 2026-03-14T00:00
          0 0 0 * * */2           | 2026-03-03T00:00    | 2026-03-04T00:00
          0 0 0 * * SUN-TUE       | 2026-03-04T00:00    | 2026-03-08T00:00
          0 0 0 13 * FRI          | 2026-03-14T00:00    | 2026-11-13T00:00
          @yearly                 | 2026-03-14T00:00    | 2027-01-01T00:00
          @monthly                | 2026-03-14T00:00    | 2026-04-01T00:00
          @weekly                 | 2026-03-14T00:00    | 2026-03-15T00:00
          @daily                  | 2026-03-14T00:00:01 | 2026-03-15T00:00
          @hourly                 | 2026-03-14T00:00:01 | 2026-03-14T01:00
          """)
  void findsTheNextTime(String expression, LocalDateTime from, LocalDateTime expected) {
    assertThat(CronExpression.parse(expression).atOrAfter(from)).isEqualTo(expected);
  }

  @Test
  void aPartOfASecondIsRoundedUp() {
    assertThat(
            CronExpression.parse("* * * * * *")
                .atOrAfter(LocalDateTime.parse("2026-03-06T23:59:59.001")))
        .isEqualTo(LocalDateTime.parse("2026-03-07T00:00"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          0 0 25 * * *          | 4  | the hour goes from 0 to 23, not 25
          60 0 0 * * *          | 0  | the second goes from 0 to 59, not 60
          0 0 0 0 * *           | 6  | the day of the month goes from 1 to 31, not 0
          0 0 0 * 13 *          | 8  | the month goes from 1 to 12, not 13
          0 0 0 * * 8           | 10 | the weekday goes from 0 to 7, not 8
          0 0 9 * * MON-FRY     | 14 | in the weekday, 'F' cannot stand here
          0 0 9 * JUX *         | 8  | in the month, 'J' cannot stand here
          0 0 9 * *             | 9  | the weekday is missing
          ""                    | 0  | the second is missing
          0 0 9 * * * 2026      | 12 | there is more than
          0 0 9-5 * * *         | 6  | the hour range ends before it begins
          0 */0 * * * *         | 4  | the step goes from 1 to 59, not 0
          0 1, * * * *          | 4  | in the minute, it ends here
          0 99999999999 * * * * | 2  | the minute goes from 0 to 59, not 99999999999
          0 0 9am * * *         | 5  | in the hour, 'a' cannot stand here
          0 ? * * * *           | 2  | in the minute, '?' cannot stand here
          0 0 0 * * FRI#6       | 14 | which weekday of the month goes from 1 to 5, not 6
          0 0 0 * * MON-FRI#2   | 17 | in the weekday, '#' cannot stand here
          0 0 0 15W * *         | 8  | in the day of the month, 'W' cannot stand here
          @dayly                | 0  | in the second, '@' cannot stand here
          0 0 0 30 2 *          | 6  | no day of any year fits
          0 0 0 31 4,6,9,11 *   | 6  | no day of any year fits
          0 0 0 L-30 2 *        | 6  | no day of any year fits
          0 0 0 31 1 MON#1      | 6  | no day of any year fits
          """)
  void saysWhereAnExpressionIsWrong(String expression, int position, String why) {
    assertThatExceptionOfType(ScheduleSyntaxException.class)
        .isThrownBy(() -> CronExpression.parse(expression))
        .withMessageContaining("'" + expression + "', position " + (position + 1) + ":")
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.position()).isEqualTo(position));
  }
}
