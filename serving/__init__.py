"""What people see: presenters and Korean wording."""
