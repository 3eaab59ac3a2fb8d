-- Of a turn that let another actor answer: who that is, then a line with the action. answer is what it got.
alter table ${prefix}reply add column passed_to text;
