-- counts
declare n int64 default 0; /* twice */ while n<2 do set n=n+1;
  -- each time
  select n; end while;
create or replace table d.t (id int64 not null, -- the key
  name string) cluster by id
