global using HttpMethod = Atlas.Protocols.Http.HttpMethod;
global using HttpVersion = Atlas.Protocols.Http.HttpVersion;
