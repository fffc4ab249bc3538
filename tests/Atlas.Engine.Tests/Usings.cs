global using SocketAddress = Atlas.Engine.Streams.SocketAddress;
