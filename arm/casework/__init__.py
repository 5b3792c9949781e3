"""What people do: one module a subject, one public function an action and a transaction."""
