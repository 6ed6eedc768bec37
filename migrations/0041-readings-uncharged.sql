-- What a balance is compared with is what was read and not charged yet; of a customer of years that is little.
create index metering_reading_uncharged on metering_reading (customer_id, slot) where measured + corrected <> charged;
