"""What is searched, what a question asks for, how the two are matched, and what is handed out of it. Pure."""
