-- Searches compare names in small letters, which their index needs. What is there is not looked at: it was always so.
ALTER TABLE "environment" ADD CONSTRAINT "environment_name_small_letters" CHECK ("name" = lower("name")) NOT VALID;
