-- What whoever raised the view wants all nodes to know: addresses and hosted types.
alter table ${prefix}view add column details text;
