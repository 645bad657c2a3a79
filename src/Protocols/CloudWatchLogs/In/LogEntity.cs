using System.Text;
using System.Text.Json;
using Weir.Core.Columns;

namespace Weir.Protocols.CloudWatchLogs.In;

/// <summary>
/// The entity of a PutLogEvents call: what wrote the lines, as the CloudWatch agent says it.
/// <code>{"keyAttributes":{"Type":"Service","Name":"checkout","Environment":"ec2:prod"},"attributes":{"PlatformType":"AWS::EC2"}}</code>
/// </summary>
internal sealed class LogEntity
{
    private const int MostKeyAttributes = 4;
    private const int MostAttributes = 10;
    private const int LongestName = 32;
    private const int LongestKeyValue = 512;
    private const int LongestValue = 512;

    private readonly List<(string Name, string Value)> _attributes = [];

    /// <summary>Why it is not kept, as <c>rejectedEntityInfo.errorType</c>; null when it is. The lines are kept anyway.</summary>
    public string? Error { get; private set; }

    /// <summary>The name of an entity that is a service; null for other ones.</summary>
    public string? Service { get; private set; }

    /// <summary>Reads the value that the reader is at. Throws what the reader throws.</summary>
    public static LogEntity Read(ref Utf8JsonReader reader)
    {
        var entity = new LogEntity();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            entity.Error = "InvalidEntity";
            return entity;
        }
        var keys = 0;
        string? type = null, name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKey = reader.ValueTextEquals("keyAttributes"u8);
            var isAttribute = reader.ValueTextEquals("attributes"u8);
            reader.Read();
            if ((!isKey && !isAttribute) || reader.TokenType != JsonTokenType.StartObject)
            {
                if ((isKey || isAttribute) && reader.TokenType != JsonTokenType.Null)
                    entity.Error ??= isKey ? "InvalidKeyAttributes" : "InvalidAttributes";
                reader.Skip();
                continue;
            }
            var count = entity.ReadMap(ref reader, isKey, ref type, ref name);
            keys += isKey ? count : 0;
            if (count > (isKey ? MostKeyAttributes : MostAttributes))
                entity.Error ??= "EntitySizeTooLarge";
        }
        if (keys == 0)
            entity.Error ??= "MissingRequiredFields";
        if (entity.Error is null && type is null or "Service")
            entity.Service = name;
        return entity;
    }

    /// <summary>Resource attributes of every line of the call as a JSON object; empty when the entity is not kept.</summary>
    public byte[] Resource()
    {
        if (Error is not null)
            return [];
        var output = new ByteBuffer();
        foreach (var (name, value) in _attributes)
        {
            output.AppendByte((byte)(output.Length == 0 ? '{' : ','));
            JsonText.AppendString(output, Encoding.UTF8.GetBytes(name));
            output.AppendByte((byte)':');
            JsonText.AppendString(output, Encoding.UTF8.GetBytes(value));
        }
        output.AppendByte((byte)'}');
        return output.Written.ToArray();
    }

    private int ReadMap(ref Utf8JsonReader reader, bool isKey, ref string? type, ref string? name)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            count++;
            if (reader.TokenType != JsonTokenType.String)
            {
                Error ??= isKey ? "InvalidKeyAttributes" : "InvalidAttributes";
                reader.Skip();
                continue;
            }
            var value = reader.GetString()!;
            if (key.Length is 0 or > LongestName || value.Length > (isKey ? LongestKeyValue : LongestValue))
                Error ??= "EntitySizeTooLarge";
            if (count > MostAttributes)
                continue;
            if (isKey && key == "Type")
                type = value;
            if (isKey && key == "Name")
                name = value;
            _attributes.Add((NameOf(isKey, key), value));
        }
        return count;
    }

    /// <summary>OpenTelemetry's name where it has one.</summary>
    private static string NameOf(bool isKey, string key) => key switch
    {
        "Name" when isKey => "service.name",
        "Environment" when isKey => "deployment.environment.name",
        "AwsAccountId" when isKey => "cloud.account.id",
        "EC2.InstanceId" when !isKey => "host.id",
        "K8s.Namespace" when !isKey => "k8s.namespace.name",
        "K8s.Workload" when !isKey => "k8s.deployment.name",
        "K8s.Node" when !isKey => "k8s.node.name",
        "EKS.Cluster" when !isKey => "k8s.cluster.name",
        _ => "aws.entity." + key,
    };
}
