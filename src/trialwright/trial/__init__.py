"""What may happen next: pure rules that decide events and fold them into state, one file a topic."""
