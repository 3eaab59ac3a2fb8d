-- Names are listed page by page in the order of the key. Byte by byte that order is the same in every database and
-- for every locale, so that a prefix is a range of it; comparing bytes is cheaper, too.
alter table ${prefix}snapshot alter column name type varchar(255) collate "C";
alter table ${prefix}history alter column name type varchar(255) collate "C";
