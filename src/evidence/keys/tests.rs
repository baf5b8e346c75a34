//! Keys of each language: `table(columns)@line` of foreign keys, then of indexes.

use super::*;

fn told(path: &str, text: &str) -> String {
    let Some(keys) = read_keys(path, text) else { return "-".into() };
    let list = |keys: &[Key]| {
        let one = |key: &Key| format!("{}({})@{}", key.table, key.columns.join(","), key.line);
        keys.iter().map(one).collect::<Vec<_>>().join(" ")
    };
    format!("{} | {}", list(&keys.foreign), list(&keys.indexes))
}

#[test]
fn every_language_tells_its_keys() {
    let cases = [
        (
            "db/migrate/1_a.rb",
            "class A < ActiveRecord::Migration[8.0]\n  def up\n    create_table :orders do |t|\n      t.references :user, foreign_key: true\n      t.belongs_to :shop, index: false, foreign_key: true\n      t.references :thing, polymorphic: true, index: false\n      t.bigint :a, index: true\n      t.index [:x, :y],\n        unique: true\n    end\n    add_foreign_key :orders, :categories\n    add_foreign_key :orders, :people\n    add_foreign_key \"orders\", \"users\", column: \"owner_id\", validate: false\n    add_index :orders, :owner_id, algorithm: :concurrently\n    # add_foreign_key :a, :bs\n  end\n  def down\n    add_foreign_key :orders, :gones\n  end\nend\n",
            "orders(shop_id)@5 orders(category_id)@11 orders(owner_id)@13 | orders(user_id)@4 orders(thing_id)@6 orders(a)@7 orders(x,y)@8 orders(owner_id)@14",
        ),
        (
            "db/schema.rb",
            "ActiveRecord::Schema[8.0].define(version: 1) do\n  enable_extension \"pg_catalog.plpgsql\"\n  create_table \"orders\", force: :cascade do |t|\n    t.bigint \"user_id\", null: false\n    t.index [\"user_id\"], name: \"i\"\n  end\n  add_foreign_key \"orders\", \"users\"\n  add_foreign_key \"orders\", \"shops\"\nend\n",
            "orders(user_id)@7 orders(shop_id)@8 | orders(user_id)@5",
        ),
        (
            "prisma/schema.prisma",
            "datasource db {\n  provider = \"postgresql\"\n}\nmodel Order {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n  shop Shop @relation(\"x\", fields: [shopId], references: [id])\n  email String @unique @db.Text\n  @@index([userId(sort: Desc)])\n  // @@index([shopId])\n}\n",
            "order(userid)@7 order(shopid)@8 | order(id)@5 order(email)@9 order(userid)@10",
        ),
        (
            "migrations/versions/a.py",
            "def upgrade():\n    op.create_table('orders',\n        sa.Column('id', sa.Integer(), primary_key=True),\n        sa.Column('user_id', sa.Integer(), sa.ForeignKey('users.id'), nullable=False),\n        sa.Column('shop_id', sa.Integer(), sa.ForeignKey('shops.id'), index=True),\n        sa.ForeignKeyConstraint(['team_id'], ['teams.id'], ),\n        sa.UniqueConstraint('team_id', 'x'),\n    )\n    op.create_foreign_key(op.f('fk'), 'orders', 'a', ['a_id'], ['id'])\n    op.create_index(op.f('ix'), 'orders', ['user_id'], unique=False)\n    with op.batch_alter_table('items', schema=None) as batch_op:\n        batch_op.create_foreign_key('fk', 'orders', ['order_id'], ['id'])\n        batch_op.create_index(batch_op.f('i'), ['sku'])\n\ndef downgrade():\n    op.create_foreign_key('x', 'b', 'a', ['gone'], ['id'])\n",
            "orders(user_id)@4 orders(shop_id)@5 orders(team_id)@6 orders(a_id)@9 items(order_id)@12 | orders(id)@3 orders(shop_id)@5 orders(team_id,x)@2 items(sku)@11 orders(user_id)@10",
        ),
        (
            "priv/repo/migrations/1_a.exs",
            "defmodule A do\n  use Ecto.Migration\n  def change do\n    create table(:orders) do\n      add :user_id, references(:users, on_delete: :nothing)\n      add :shop_id, references(:shops), null: false\n    end\n\n    create index(:orders, [:user_id])\n    create unique_index(:orders, [:shop_id, :x])\n  end\nend\n",
            "orders(user_id)@5 orders(shop_id)@6 | orders(user_id)@9 orders(shop_id,x)@10",
        ),
        (
            "migrations/1.sql",
            "CREATE TABLE public.orders (\n  id bigint PRIMARY KEY,\n  user_id bigint NOT NULL REFERENCES users (id),\n  shop_id bigint,\n  a int UNIQUE,\n  FOREIGN KEY (shop_id, a) REFERENCES shops (id, a),\n  UNIQUE (a, shop_id)\n);\nALTER TABLE \"orders\" ADD COLUMN team_id int REFERENCES teams;\nALTER TABLE ONLY orders ADD CONSTRAINT fk FOREIGN KEY (\"ownerId\") REFERENCES users(id) ON DELETE CASCADE NOT VALID;\nCREATE INDEX CONCURRENTLY i ON orders USING btree (user_id, a DESC);\nCREATE INDEX j ON orders (lower(x));\n",
            "orders(user_id)@3 orders(shop_id,a)@6 orders(team_id)@9 orders(ownerid)@10 | orders(id)@2 orders(a)@5 orders(a,shop_id)@7 orders(user_id,a)@11 orders(lower(x))@12",
        ),
        (
            "migrations/1.sql",
            "CREATE TABLE `orders` (`user_id` int, FOREIGN KEY (`user_id`) REFERENCES `users` (`id`)) ENGINE=InnoDB;",
            " | ",
        ),
        ("migrations/1.down.sql", "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (b) REFERENCES c(d);", "-"),
        ("app/migrations/0001_a.py", "migrations.CreateModel()", "-"),
        ("src/a.rb", "add_foreign_key :a, :bs", "-"),
    ];
    for (path, text, expected) in cases {
        assert_eq!(told(path, text), expected, "{path}: {text}");
    }
}

#[test]
fn a_file_or_its_folder_names_the_database() {
    let cases = [
        ("src/main/resources/db/h2/schema.sql", Some("h2")),
        ("db/migration/mysql/V1__a.sql", Some("mysql")),
        ("supabase/migrations/1.sql", Some("postgresql")),
        ("db/schema.sql", None),
    ];
    for (path, expected) in cases {
        let keys = read_keys(path, "CREATE TABLE a (b int REFERENCES c);").unwrap();
        assert_eq!(keys.dialect, expected, "{path}");
    }
}

#[test]
fn an_index_serves_a_key_that_it_starts_with() {
    let key = |table: &str, columns: &[&str]| Key {
        table: table.into(),
        columns: columns.iter().map(ToString::to_string).collect(),
        ..Key::default()
    };
    let cases = [
        (key("a", &["b"]), key("a", &["b", "c"]), true),
        (key("a", &["b"]), key("a", &["c", "b"]), false),
        (key("a", &["b", "c"]), key("a", &["c", "b", "d"]), true),
        (key("a", &["b", "c"]), key("a", &["b"]), false),
        (key("a", &["b"]), key("x", &["b"]), false),
        (key("a", &[]), key("a", &["b"]), false),
    ];
    for (foreign, index, expected) in cases {
        assert_eq!(foreign.served_by(&index), expected, "{foreign:?} {index:?}");
    }
}
