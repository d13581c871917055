"""After training: merge the adapter, write a model card from the record, push both, and talk to the model."""
