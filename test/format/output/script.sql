-- counts
DECLARE n int64 DEFAULT 0 /* twice */;

WHILE n < 2 DO
  SET n = n + 1;
  -- each time
  SELECT n;
END WHILE;

CREATE OR REPLACE TABLE d.t (
  id int64 NOT NULL, -- the key
  name string
)
CLUSTER BY id
