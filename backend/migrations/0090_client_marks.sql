-- No two clients of an agency look alike: a mark is hue, shade and shape, and where all marks are taken the initials differ.

alter table clients add column shade text check (shade in ('deep', 'middle', 'light'));
alter table clients add column shape text check (shape in ('square', 'circle', 'leaf', 'arch', 'shield', 'hexagon'));

-- The marks of contract/clients/marks.ts as they were at this migration. Clients keep their hue while a mark of it is free.
do $$
declare
  one record;
begin
  create temporary table marks (n int primary key, hue text, shade text, shape text) on commit drop;
  insert into marks values
    (1, 'indigo', 'middle', 'square'),
    (2, 'teal', 'middle', 'circle'),
    (3, 'amber', 'middle', 'leaf'),
    (4, 'rose', 'middle', 'arch'),
    (5, 'violet', 'middle', 'shield'),
    (6, 'green', 'middle', 'hexagon'),
    (7, 'cyan', 'middle', 'leaf'),
    (8, 'orange', 'middle', 'circle'),
    (9, 'blue', 'middle', 'arch'),
    (10, 'magenta', 'middle', 'arch'),
    (11, 'indigo', 'middle', 'hexagon'),
    (12, 'teal', 'middle', 'shield'),
    (13, 'amber', 'middle', 'shield'),
    (14, 'rose', 'middle', 'square'),
    (15, 'violet', 'middle', 'circle'),
    (16, 'green', 'deep', 'circle'),
    (17, 'cyan', 'deep', 'leaf'),
    (18, 'orange', 'deep', 'arch'),
    (19, 'blue', 'deep', 'shield'),
    (20, 'magenta', 'middle', 'hexagon'),
    (21, 'indigo', 'deep', 'hexagon'),
    (22, 'teal', 'deep', 'hexagon'),
    (23, 'amber', 'deep', 'square'),
    (24, 'rose', 'deep', 'leaf'),
    (25, 'violet', 'deep', 'arch'),
    (26, 'green', 'deep', 'shield'),
    (27, 'cyan', 'deep', 'square'),
    (28, 'orange', 'deep', 'hexagon'),
    (29, 'blue', 'deep', 'circle'),
    (30, 'magenta', 'deep', 'circle'),
    (31, 'indigo', 'deep', 'square'),
    (32, 'teal', 'deep', 'arch'),
    (33, 'amber', 'light', 'leaf'),
    (34, 'rose', 'light', 'arch'),
    (35, 'violet', 'light', 'shield'),
    (36, 'green', 'light', 'hexagon'),
    (37, 'cyan', 'light', 'square'),
    (38, 'orange', 'light', 'circle'),
    (39, 'blue', 'light', 'leaf'),
    (40, 'magenta', 'deep', 'shield'),
    (41, 'indigo', 'light', 'arch'),
    (42, 'teal', 'light', 'hexagon'),
    (43, 'amber', 'light', 'shield'),
    (44, 'rose', 'light', 'square'),
    (45, 'violet', 'light', 'circle'),
    (46, 'magenta', 'middle', 'square'),
    (47, 'indigo', 'deep', 'leaf'),
    (48, 'amber', 'light', 'square'),
    (49, 'rose', 'light', 'leaf'),
    (50, 'amber', 'light', 'arch'),
    (51, 'rose', 'light', 'shield');
  for one in select agency_id, id, hue, initials from clients order by agency_id, created_at, id loop
    update clients c set hue = m.hue, shade = m.shade, shape = m.shape
      from (
        select m.* from marks m
          left join lateral (
            select count(*) as n, count(*) filter (where k.initials = one.initials) as alike from clients k
              where k.agency_id = one.agency_id and k.hue = m.hue and k.shade = m.shade and k.shape = m.shape
          ) taken on true
          order by taken.alike > 0, taken.n > 0, m.hue <> one.hue, m.n limit 1
      ) m
      where c.agency_id = one.agency_id and c.id = one.id;
  end loop;
end $$;

alter table clients alter column shade set not null;
alter table clients alter column shape set not null;
create unique index clients_mark on clients (agency_id, hue, shade, shape, initials);
