broker_url = "amqp://guest@broker//"
result_backend = "rpc://"
task_acks_late = True
