"""Short-lived objects exchanged with the models and between deliveries: fills the port `WorkStore`."""
