"""What the tests share: a database for each worker, and the people in the stories."""
