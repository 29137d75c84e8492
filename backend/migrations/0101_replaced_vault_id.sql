-- The column holds the vault id of the grant that a new consent has replaced, until that grant is destroyed.

alter table connect_attempts rename column old_place to replaced_vault_id;
