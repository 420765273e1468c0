"""The built-in rules, one file a topic, each rule under the clause it enforces."""
