namespace Cruddur.XRay;

/// <summary>An open segment or subsegment; disposing it closes it, so none stays open when a handler fails.</summary>
internal sealed class XRayScope(XRayRecorder recorder, Entity? entity, Entity? previous) : IDisposable
{
    private int _closed;

    public Entity? Entity => entity;

    public void PutMetadata(string key, object? value, string @namespace = "default")
    {
        if (entity is null)
            return;
        lock (entity.Segment.Gate)
        {
            if (!entity.Metadata.TryGetValue(@namespace, out var keys))
                entity.Metadata[@namespace] = keys = new(StringComparer.Ordinal);
            keys[key] = value;
        }
    }

    public void PutAnnotation(string key, object value)
    {
        if (entity is null)
            return;
        lock (entity.Segment.Gate)
            entity.Annotations[key] = value;
    }

    /// <summary>Runs the work of a capture; its exception is recorded on the way out.</summary>
    public async Task<T> Watch<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (entity is not null)
        {
            entity.PutException(error);
            throw;
        }
    }

    public void Dispose()
    {
        if (entity is not null && Interlocked.Exchange(ref _closed, 1) == 0)
            recorder.End(entity, previous);
    }
}
