export const config = {
  brokerUrl: 'amqp://guest@broker//',
  resultBackend: 'rpc://',
  taskAcksLate: true,
};
