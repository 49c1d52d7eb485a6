PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE delegate_key (delegate TEXT NOT NULL, id BLOB NOT NULL, wrapped BLOB NOT NULL, PRIMARY KEY (delegate, id)) STRICT, WITHOUT ROWID;
PRAGMA user_version = 0;
COMMIT;
