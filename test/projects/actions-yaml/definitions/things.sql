SELECT id, day FROM `other.raw.raw_things` -- ${not} templated \d `x`
