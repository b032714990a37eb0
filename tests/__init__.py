"""What must be true of Daylog, said as tests."""
