-- One version of an agreement may be read again with more figures than before, its text and the known ones unchanged:
-- the newest reading of a version holds for all who accepted it. A version is told apart by brand.
alter table terms_version drop constraint terms_version_brand_version_key;
alter table terms_version drop constraint terms_version_sha256_key;
alter table terms_version add constraint terms_version_reading unique (brand, version, sha256);
