SELECT id FROM shop.things
