"""What the numbers mean: concepts in SQL, cases, re-entry, friction, savings and the ranking, all read from a study."""
